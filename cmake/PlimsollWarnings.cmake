# Warnings are errors in our own code; headers of libraries are included as system headers.
add_library(plimsoll_warnings INTERFACE)
target_compile_options(plimsoll_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  # clang blames us for what the algorithms of libstdc++ 12 use inside (std::stable_sort and its temporary buffer).
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  # From -O2 on g++ 12 takes "text" + std::string for an overlapping copy (GCC bug 105651, mended in 13).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
