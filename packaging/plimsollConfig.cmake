# find_package(plimsoll) gives plimsoll::engine, plimsoll::risk and the other folders of the library.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(tl-expected)
find_dependency(Boost 1.81 COMPONENTS json)
find_dependency(OpenSSL 3)
find_dependency(CLI11)
find_dependency(prometheus-cpp COMPONENTS core)
include("${CMAKE_CURRENT_LIST_DIR}/plimsollTargets.cmake")
