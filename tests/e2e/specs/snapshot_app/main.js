const table = new Map(Array.from({ length: 1000 }, (_, i) => [`key${i}`, i * i]));
let calls = 0;
dv8.main(() => {
  calls++;
  console.log(table.get('key31'), calls, process.argv.length);
});
