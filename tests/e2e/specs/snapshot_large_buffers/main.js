// More than the 64 MiB of external memory after which V8 collects.
const table = new Uint8Array(80e6);
const parts = Array.from({ length: 8 }, (_, i) => new Float64Array(1e6).fill(i));
table[79_999_999] = 7;
dv8.main(() => {
  const made = new Uint8Array(100e6).fill(1);
  console.log(table.length, table[79_999_999], parts.map((part) => part[999_999]).join(''), made[5]);
});
