cmake_minimum_required(VERSION 3.25)
# cmake -DPROGRAMS=a.exe;b.exe -DOBJDUMP=... -P check_imports.cmake
# A program has to start on a bare Windows, so it may import only what every Windows brings. (Wine brings more: a run
# under Wine does not show a missing DLL.)
set(ALLOWED advapi32 bcrypt comctl32 comdlg32 crypt32 dwmapi gdi32 gdiplus imm32 iphlpapi kernel32 msimg32 msvcrt mswsock
    ncrypt netapi32 ole32 oleacc oleaut32 rpcrt4 secur32 shell32 shlwapi user32 userenv uxtheme version wevtapi winhttp winmm
    winspool ws2_32 wsock32 wtsapi32 httpapi taskschd ntdll propsys setupapi)
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
      message(SEND_ERROR "${program} needs ${name}, which a bare Windows does not bring")
    endif()
  endforeach()
endforeach()
