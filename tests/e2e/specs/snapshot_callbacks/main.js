// node:v8's startupSnapshot: what runs before the heap is written, what runs when it is read, and then the program.
const { startupSnapshot } = require('node:v8');

const shelf = new Map([['early', startupSnapshot.isBuildingSnapshot()]]);
startupSnapshot.addSerializeCallback((shelf) => { shelf.set('packed', shelf.size); }, shelf);
startupSnapshot.addDeserializeCallback(({ shelf }) => { shelf.set('started', startupSnapshot.isBuildingSnapshot()); }, { shelf });
startupSnapshot.setDeserializeMainFunction((shelf) => {
  console.log([...shelf]);
  try { startupSnapshot.addSerializeCallback(() => {}); } catch (error) { console.log(error.code); }
}, shelf);
try { startupSnapshot.setDeserializeMainFunction(() => {}); } catch (error) { shelf.set('twice', error.code); }
