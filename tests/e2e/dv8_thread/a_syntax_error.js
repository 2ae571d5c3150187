const { Thread } = library('thread', {});
new Thread().start('./bad.js', (e, s) => console.log(e.name, s));
