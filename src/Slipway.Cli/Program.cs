System.Console.WriteLine("slipway");
