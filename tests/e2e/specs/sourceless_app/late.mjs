export const late = () => 'late';
