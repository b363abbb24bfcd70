# How every target of the house is made: warnings, sanitizers, the include root, installation.

# Warnings, and sanitizers with them, for our own sources only; never exported.
add_library(heapatlas_warnings INTERFACE)
target_compile_options(heapatlas_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>  # as g++ understands -Wconversion
  $<$<BOOL:${HEAPATLAS_WERROR}>:-Werror>)
add_library(heapatlas_build_flags INTERFACE)
target_link_libraries(heapatlas_build_flags INTERFACE heapatlas_warnings)
if(HEAPATLAS_SANITIZE)
  target_compile_options(heapatlas_build_flags INTERFACE
    -fsanitize=${HEAPATLAS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(heapatlas_build_flags INTERFACE -fsanitize=${HEAPATLAS_SANITIZE})
endif()

# heapatlas_library(NAME [SOURCES file...] [DEPENDS target...])
# Makes heapatlas::NAME of the folder it is called in; without SOURCES it is header-only.
# The folder's headers are installed; includes are written from the root: "core/NAME/file.hpp".
function(heapatlas_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  set(target heapatlas_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_link_libraries(${target} PUBLIC ${arg_DEPENDS} PRIVATE $<BUILD_INTERFACE:heapatlas_build_flags>)
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${arg_DEPENDS})
    set(scope INTERFACE)
  endif()
  add_library(heapatlas::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_include_directories(${target} ${scope}
    $<BUILD_INTERFACE:${heapatlas_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/heapatlas>)
  install(TARGETS ${target} EXPORT heapatlas ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/heapatlas)
  file(RELATIVE_PATH folder ${heapatlas_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/heapatlas/${folder}
    FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
endfunction()
