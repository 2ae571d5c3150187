const { SharedMemory } = library('shmem', {});
new SharedMemory('/dv8-never', 8);
dv8.main(() => {});
