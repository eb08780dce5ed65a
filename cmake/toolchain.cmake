# Compiler, warnings, sanitizers, ccache: what every target of ours shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE ccache)
if(CCACHE)
  # Paths below the source tree count as relative, so that clones and worktrees share what was compiled.
  # The sloppiness is what ccache asks for where headers are precompiled.
  set(launcher env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Protobuf REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GRPCPP REQUIRED IMPORTED_TARGET grpc++_unsecure)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2)
pkg_check_modules(LUAJIT REQUIRED IMPORTED_TARGET luajit)
pkg_check_modules(NFTABLES REQUIRED IMPORTED_TARGET libnftables)
if(HANCOCK_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

# What our own code is compiled with; generated code and the sample app take none of it.
add_library(hancock_options INTERFACE)
target_compile_options(hancock_options INTERFACE -Wall -Wextra -Wshadow -Wconversion -Werror)
target_include_directories(hancock_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
if(HANCOCK_SANITIZE)
  target_compile_options(hancock_options INTERFACE -fsanitize=${HANCOCK_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(hancock_options INTERFACE -fsanitize=${HANCOCK_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND HANCOCK_SANITIZE MATCHES "undefined")
    # A look before each use of a pointer is a third of the compiler's time. What they would find, AddressSanitizer
    # shows too (null) or the fuzz preset does (alignment).
    target_compile_options(hancock_options INTERFACE -fno-sanitize=null,alignment)
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # A compilation lives for half a minute: it does without looking for garbage below 2 GB.
  target_compile_options(hancock_options INTERFACE "SHELL:--param ggc-min-heapsize=2000000")
endif()
find_program(LLD ld.lld)
if(LLD)
  # A program of tests is linked in one second instead of four.
  add_link_options(-fuse-ld=lld)
endif()
if(HANCOCK_FUZZ)
  # clang 14 cannot compile a coroutine with -fsanitize=function ("difference across sections").
  target_compile_options(hancock_options INTERFACE -fsanitize=fuzzer-no-link -fno-sanitize=function)
endif()
