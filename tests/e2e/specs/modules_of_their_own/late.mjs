console.log('late');
export default await Promise.resolve('awaited');
