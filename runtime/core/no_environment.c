// What c-ares and OpenSSL ask instead of getenv and secure_getenv: RES_OPTIONS, LOCALDOMAIN,
// OPENSSL_CONF and the like of the target's environment change nothing in an app.
char* dv8_no_environment(const char* name) {
  (void)name;
  return 0;
}

char* dv8_no_secure_environment(const char* name) { return dv8_no_environment(name); }
