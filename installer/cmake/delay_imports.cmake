# Windows loads what a program imports before the program's first line, and looks beside the program first: a library
# planted there would run with administrator rights. Only those that Windows calls known (KnownDLLs) are safe from that.
# All others are imported when they are first called; by then the program has told Windows to look in its own folder only
# (core/platform/windows/library_search.cpp). So are known ones that bring others along (Wine's user32 brings
# version.dll), and comctl32: which version a manifest means is decided before any folder is searched.
#
# An import library of the same name takes the place of mingw-w64's own, so that whoever links `version` gets this one.
set(delayed bcrypt bcryptprimitives comctl32 comdlg32 crypt32 cryptui dnsapi dwmapi gdi32 iphlpapi msimg32 mswsock ncrypt netapi32 ole32
    oleacc oleaut32 secur32 shell32 shlwapi user32 userenv uxtheme version winmm winspool wtsapi32)
set(folder ${CMAKE_BINARY_DIR}/delay_imports)
get_filename_component(prefix ${CMAKE_CXX_COMPILER} NAME)
string(REGEX REPLACE "-g\\+\\+.*" "" prefix ${prefix})
find_program(DLLTOOL ${prefix}-dlltool REQUIRED)
file(MAKE_DIRECTORY ${folder})
foreach(name IN LISTS delayed)
  find_library(library NAMES lib${name}.a PATHS /usr/${prefix}/lib NO_DEFAULT_PATH NO_CACHE)
  if(NOT library)
    continue()
  endif()
  if(NOT EXISTS ${folder}/lib${name}.a OR ${library} IS_NEWER_THAN ${folder}/lib${name}.a)
    execute_process(COMMAND ${DLLTOOL} -I ${library} OUTPUT_VARIABLE dll OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND ${CMAKE_NM} -g --defined-only ${library} OUTPUT_VARIABLE symbols ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCHALL " T [^\n]+" functions "${symbols}")
    list(TRANSFORM functions REPLACE "^ T " "")
    list(REMOVE_DUPLICATES functions)
    list(JOIN functions "\n" exports)
    file(WRITE ${folder}/${name}.def "LIBRARY \"${dll}\"\nEXPORTS\n${exports}\n")
    execute_process(COMMAND ${DLLTOOL} -d ${folder}/${name}.def -y ${folder}/lib${name}.a COMMAND_ERROR_IS_FATAL ANY)
  endif()
  unset(library)
endforeach()
link_directories(BEFORE ${folder})
string(APPEND CMAKE_CXX_STANDARD_LIBRARIES " -ldelayimp")
