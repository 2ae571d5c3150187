module.exports = { from: module.parent.id };
