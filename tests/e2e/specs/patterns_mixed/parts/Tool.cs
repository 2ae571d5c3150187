using System; class Tool { }
