# Warnings are errors in our own code; headers of libraries are included as system headers.
add_library(plimsoll_warnings INTERFACE)
target_compile_options(plimsoll_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  # clang blames us for what the algorithms of libstdc++ 12 use inside (std::stable_sort and its temporary buffer).
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
