# Flags that hold for every target, and two helpers:
#   liptako_library(<folder> SOURCES ... DEPENDS <folder>... [PRIVATE_LINKS ...] [PUBLIC_LINKS ...])
#   liptako_test(<name> SOURCES ... LINKS ... [LABELS ...])
# DEPENDS may name only folders that the arrow table of docs/ARCHITECTURE.md allows; the `arrows` test checks includes.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

option(LIPTAKO_WERROR "Warnings are errors" OFF)
option(LIPTAKO_FUZZ "Build the libFuzzer targets (clang only)" OFF)
set(LIPTAKO_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=")

find_program(LIPTAKO_CCACHE ccache)
if(LIPTAKO_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LIPTAKO_CCACHE})
endif()

# Bit-equal results on any CPU that runs the build: baseline instructions, no contraction into FMA, no fast-math
# (docs/decisions/0002-determinism.md). -fno-math-errno only lets sqrt be one instruction; its result is the same.
add_compile_options(-march=x86-64-v2 -ffp-contract=off -fno-math-errno -fno-strict-aliasing)
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion -Wshadow -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False positives of g++ 12 with std::expected and vectors at -O2 (GCC PR 105562, 105329).
  add_compile_options(-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()
if(LIPTAKO_WERROR)
  add_compile_options(-Werror)
endif()
if(LIPTAKO_SANITIZE)
  add_compile_options(-fsanitize=${LIPTAKO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${LIPTAKO_SANITIZE})
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

find_package(fmt REQUIRED)
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)

function(liptako_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_LINKS;PUBLIC_LINKS" ${ARGN})
  add_library(liptako_${folder} STATIC ${ARG_SOURCES})
  target_include_directories(liptako_${folder} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM ARG_DEPENDS PREPEND liptako_)
  target_link_libraries(liptako_${folder} PUBLIC ${ARG_DEPENDS} ${ARG_PUBLIC_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
endfunction()

function(liptako_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE LIPTAKO_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" SKIP_REGULAR_EXPRESSION "")
endfunction()
