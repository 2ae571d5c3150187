interface X {}

throw new Error('alone');
