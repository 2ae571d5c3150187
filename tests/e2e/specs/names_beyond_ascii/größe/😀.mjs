export default 'face';
