const { File, O_CREAT, O_WRONLY } = library('fs', {});
const f = new File();
console.log(f.open('new', O_CREAT | O_WRONLY) > 2, f.close());
