exports.mochaHooks = { beforeAll() { console.log('# set up'); } };
