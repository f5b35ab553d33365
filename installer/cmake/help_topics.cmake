# Writes OUT: every FOLDER/WORD.LANG.md as bytes, and the function that finds one by word and language.
file(GLOB files ${FOLDER}/*.md)
set(arrays "")
set(rows "")
foreach(file ${files})
  get_filename_component(name ${file} NAME)
  string(REGEX MATCH "^([a-z]+)\\.(en|ja)\\.md$" match ${name})
  if(NOT match)
    message(FATAL_ERROR "${name} is not called WORD.LANG.md")
  endif()
  set(word ${CMAKE_MATCH_1})
  set(lang ${CMAKE_MATCH_2})
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "const unsigned char k_${word}_${lang}[] = {${bytes}};\n")
  string(APPEND rows "    {\"${word}\", Language::$<IF:ja>, k_${word}_${lang}, sizeof k_${word}_${lang}},\n")
  if(lang STREQUAL "ja")
    string(REPLACE "$<IF:ja>" "Japanese" rows "${rows}")
  else()
    string(REPLACE "$<IF:ja>" "English" rows "${rows}")
  endif()
endforeach()
file(WRITE ${OUT} "// Made from resources/help by help_topics.cmake.
#include \"app/wizard/help_topics.h\"

#include <cstddef>

namespace monban::wizard {
namespace {
${arrays}
struct Topic {
    const char* word;
    Language language;
    const unsigned char* text;
    std::size_t size;
};
const Topic kTopics[] = {
${rows}    {nullptr, Language::English, nullptr, 0},
};
}  // namespace

std::optional<std::string> helpTopic(const std::string& word, Language language)
{
    for (const Topic* topic = kTopics; topic->word; ++topic)
        if (word == topic->word && language == topic->language) return std::string(reinterpret_cast<const char*>(topic->text), topic->size);
    return std::nullopt;
}

}  // namespace monban::wizard
")
