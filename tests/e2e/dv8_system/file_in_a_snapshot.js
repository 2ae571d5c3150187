const { File } = library('fs', {});
new File().open('/etc/passwd');
dv8.main(() => {});
