exports.parent = module.parent;
exports.id = module.id;
exports.loadedThen = module.loaded;
