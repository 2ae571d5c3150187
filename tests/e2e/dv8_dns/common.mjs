// What the programs share: the server under test and how results are shown.
export const server = process.argv[2];
export const show = (x) => console.log(JSON.stringify(x));
export const fails = async (promise) => {
  try {
    await promise;
    console.log('no error');
  } catch (e) {
    console.log(e.code ?? e.name, e.syscall ?? e.message, e.hostname ?? '');
  }
};
