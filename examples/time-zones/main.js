const zones = ['UTC', 'Europe/Warsaw', 'Asia/Kolkata', 'America/New_York', 'Pacific/Auckland'];
const date = new Date(process.argv[2] ?? Date.now());
for (const timeZone of zones) {
  const text = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(date);
  console.log(timeZone.padEnd(17), text);
}
