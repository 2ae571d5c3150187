// A time zone that the program sets counts from then on.
const summer = new Date(Date.UTC(2024, 6, 1, 12));
const show = (zone) => console.log(zone, summer.getHours(), String(summer).slice(16), Intl.DateTimeFormat().resolvedOptions().timeZone, new Date(2024, 0, 1).toISOString());
show('as started');
for (const zone of ['Asia/Tokyo', 'America/Sao_Paulo', 'Europe/Berlin', 'UTC']) {
  process.env.TZ = zone;
  show(zone);
}
