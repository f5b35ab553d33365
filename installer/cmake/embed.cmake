# cmake -DIN=FILE -DOUT=FILE.cpp -DNAME=kSymbol -P embed.cmake: the file as kSymbol and kSymbolSize, namespace monban.
file(READ "${IN}" bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n    " bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE "${OUT}" "// Written by embed.cmake.
#include <cstddef>
namespace monban {
extern const unsigned char* const ${NAME};
extern const std::size_t ${NAME}Size;
static const unsigned char kBytes[] = {
    ${bytes}
};
const unsigned char* const ${NAME} = kBytes;
const std::size_t ${NAME}Size = sizeof kBytes;
}
")
