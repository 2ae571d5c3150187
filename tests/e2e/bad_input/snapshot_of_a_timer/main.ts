interface T {}
function poll(): void {
  setInterval(() => {}, 1000);
}
poll();
dv8.main(() => {});
