not JavaScript: using System.Text;
