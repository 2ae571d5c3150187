module.exports = (folder, file, version) => {
  if (Number(process.versions.node.split('.')[0]) >= version) import([folder, file].join('/'));
};
