export default 'with plus';
