// ARCH_003: planted for the self-test of try.cmake, not a misuse
int five() { return 5; }  // refused
