export default '50%';
