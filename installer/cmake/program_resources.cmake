# monban_resources(TARGET FILE.rc): icon and version information of a program for Windows (resources/program.rc). The
# icon is drawn, and the version written, where no source lies.
set(folder ${CMAKE_BINARY_DIR}/resources)
configure_file(${PROJECT_SOURCE_DIR}/resources/monban_version.h.in ${folder}/monban_version.h @ONLY)
add_custom_command(OUTPUT ${folder}/monban.ico
  COMMAND sh ${PROJECT_SOURCE_DIR}/installer/icon.sh ${folder}/monban.ico
  DEPENDS ${PROJECT_SOURCE_DIR}/installer/icon.sh ${PROJECT_SOURCE_DIR}/resources/icons/monban.svg ${PROJECT_SOURCE_DIR}/resources/icons/monban-small.svg
  VERBATIM)
add_custom_target(monban_icon DEPENDS ${folder}/monban.ico)

function(monban_resources target file)
  set(folder ${CMAKE_BINARY_DIR}/resources)
  set(own ${PROJECT_SOURCE_DIR}/resources)
  target_sources(${target} PRIVATE ${own}/${file})
  target_include_directories(${target} PRIVATE ${folder})
  add_dependencies(${target} monban_icon)
  # What windres reads is not seen by the build by itself.
  set_property(SOURCE ${own}/${file} TARGET_DIRECTORY ${target} APPEND PROPERTY OBJECT_DEPENDS
    ${own}/program.rc ${own}/monban.manifest ${folder}/monban.ico ${folder}/monban_version.h)
endfunction()
