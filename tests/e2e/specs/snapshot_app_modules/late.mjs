export default 'evaluated at run time';
