export default 'with blank';
