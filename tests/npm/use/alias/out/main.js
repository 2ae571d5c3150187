import { one } from '@/one'; console.log(one);
