cmake_minimum_required(VERSION 3.25)
# cmake -DPROGRAMS=a.exe;b.exe -DOBJDUMP=... -P check_imports.cmake
# A program has to start on a bare Windows, so it may import only what every Windows brings. (Wine brings more: a run
# under Wine does not show a missing DLL.) And what it imports is loaded before its first line, from beside the program
# where somebody planted it: so only some of those that Windows takes from its own folder whatever lies there (KnownDLLs).
# All others are imported late (installer/cmake/delay_imports.cmake).
set(ALLOWED advapi32 kernel32 msvcrt ws2_32)
foreach(program IN LISTS PROGRAMS)
  execute_process(COMMAND ${OBJDUMP} -p ${program} OUTPUT_VARIABLE headers COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "DLL Name: [^\r\n]+" lines "${headers}")
  list(LENGTH lines count)
  if(count EQUAL 0)
    message(SEND_ERROR "${program}: no imports were found, so nothing was checked")
  endif()
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "DLL Name: (.*)\\.(dll|drv|DLL|DRV)" "\\1" name "${line}")
    string(TOLOWER "${name}" name)
    if(NOT name IN_LIST ALLOWED)
      message(SEND_ERROR "${program} needs ${name}, which is not on the list of what may be imported at once")
    endif()
  endforeach()
endforeach()
