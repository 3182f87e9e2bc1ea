using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Tls.Tests;

/// <summary>A folder with a CA and what it certified; gone when disposed.</summary>
public abstract class CertificateFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskercore-tls-");

    protected CertificateFolder()
    {
        Ca = new PrivateAuthority(Folder);
        OtherCa = new PrivateAuthority(Folder, "other-ca");
    }

    protected string Folder => _folder.FullName;

    protected PrivateAuthority Ca { get; }

    protected PrivateAuthority OtherCa { get; }

    public void Dispose()
    {
        Ca.Dispose();
        OtherCa.Dispose();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
