using TaskerCore.Orleans.ConfigurationReference;
using TaskerCore.Orleans.LocalEnvironment;

// Writes docs/configuration.md anew.
File.WriteAllText(Repository.Path(Reference.File), Reference.Write());
Console.WriteLine($"{Reference.File} is written.");
