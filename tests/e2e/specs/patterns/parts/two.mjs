export default 'two, a module';
