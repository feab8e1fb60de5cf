// ARCH_003: planted for the self-test of try.cmake, not a misuse
#ifdef PLIM_CONTROL
int five() { return 5; }
#else
int five() { return nothing; }
int six() { return 6; }  // refused
#endif
