# cmake -DIN=ja.mo -DOUT=embedded_catalogue.cpp -P embed.cmake
file(READ "${IN}" bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n    " bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE "${OUT}" "// Written by embed.cmake.
#include \"core/base/catalogue.h\"
namespace monban {
static const unsigned char kBytes[] = {
    ${bytes}
};
const unsigned char* const kJapaneseCatalogue = kBytes;
const std::size_t kJapaneseCatalogueSize = sizeof kBytes;
}
")
