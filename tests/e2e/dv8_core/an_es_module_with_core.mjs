console.log(eval('typeof onExit'), new Function('return typeof args')(), typeof process.hrtime(), process.TID);
process.spawn(
  () => console.log(process.TID),
  ({ status }) => console.log(status),
);
export {};
