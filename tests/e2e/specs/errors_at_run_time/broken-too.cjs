let y = ;
