const { Thread } = library('thread', {});
const answer = () => {
  if (library('counters', {}).ANSWER !== 42) throw new Error('wrong');
};
new Thread().start(answer, (error, status) => console.log(error, status));
