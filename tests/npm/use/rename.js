module.exports = (file, { jscodeshift }) =>
  jscodeshift(file.source).findVariableDeclarators('unused').renameTo('renamed').toSource();
