package devserver_test

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
)

const (
	siteName = "temporal.download"
	infoPath = "/cli/v1.9.1"
	fileName = "archive.tar.gz"
)

// site stands for the download site: a TLS server of its name, behind a proxy that leads to it whatever a client asks for.
type site struct {
	proxy       string // URL
	certificate string // file of the authority that the server's certificate is from
}

func newSite(t *testing.T, serve http.HandlerFunc) site {
	t.Helper()
	authority, certificate := certify(t)
	server := httptest.NewUnstartedServer(serve)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // a client that does not trust it is no news
	server.StartTLS()
	t.Cleanup(server.Close)
	return site{proxy: newProxy(t, server.Listener.Addr().String()), certificate: authority}
}

// newProxy is a proxy that leads each connection to an address.
func newProxy(t *testing.T, to string) string {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != siteName+":443" {
			http.Error(w, "not here", http.StatusForbidden)
			return
		}
		server, err := net.Dial("tcp", to)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		client, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		go func() {
			_, _ = io.Copy(server, buffered)
			_ = server.Close()
		}()
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// certify makes a certificate for the site. It is its own authority, in a file.
func certify(t *testing.T) (file string, certificate tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{siteName}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// archive is an archive with a CLI: a script that notes its arguments in a file, and is the real one then.
func archive(t *testing.T, notes string) []byte {
	t.Helper()
	real, err := devserver.Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho \"$@\" >>'%s'\nexec '%s' \"$@\"\n", notes, real)
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	files := tar.NewWriter(zipped)
	for name, content := range map[string]string{"LICENSE": "a license", "temporal": script} {
		if err := files.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	for _, end := range []io.Closer{files, zipped} {
		if err := end.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return packed.Bytes()
}

// serving serves the CLI as the site does. limit cuts the archive off, in bytes.
func serving(packed []byte, limit int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case infoPath:
			_, _ = fmt.Fprintf(w, `{"archiveUrl":"https://%s/%s","fileToExtract":"temporal"}`, siteName, fileName)
		case "/" + fileName:
			_, _ = w.Write(packed[:limit])
		default:
			http.NotFound(w, r)
		}
	}
}

// child starts a server in a program of its own that has no CLI and no Go toolchain, and a proxy for the network. It returns
// the server's address, "" if none started, and what devserver logged.
func (s site) child(t *testing.T, cache string) (address, log string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = []string{
		childVariable + "=1", "HOME=" + cache, "XDG_CACHE_HOME=" + cache, "PATH=" + cache,
		"HTTPS_PROXY=" + s.proxy, "SSL_CERT_FILE=" + s.certificate, "SSL_CERT_DIR=" + cache,
	}
	var stderr bytes.Buffer
	child.Stderr = &stderr
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(output)
	if scanner.Scan() {
		address = scanner.Text()
		_ = child.Process.Kill()
	}
	_ = child.Wait()
	return address, ownLines(stderr.String())
}

// ownLines are the lines without those of the Temporal server, which logs to the same place whatever it finds late on a
// busy machine.
func ownLines(log string) string {
	var own strings.Builder
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, "time=") {
			own.WriteString(line)
		}
	}
	return own.String()
}

func needSite(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("missing: an operating system on which SSL_CERT_FILE names the authorities (Linux)")
	}
}

// Without a CLI the download site's is used, and kept.
func TestDownloadsCLI(t *testing.T) {
	t.Parallel()
	needSite(t)
	cache, notes := t.TempDir(), filepath.Join(t.TempDir(), "notes")
	packed := archive(t, notes)
	s := newSite(t, serving(packed, len(packed)))
	address, log := s.child(t, cache)
	if address == "" || strings.Count(log, "downloading the Temporal CLI") == 0 {
		t.Fatalf("no server, log:\n%s", log)
	}
	if address, log := (site{proxy: "http://127.0.0.1:1"}).child(t, cache); address == "" || log != "" {
		t.Errorf("the second time: server %q, log:\n%s", address, log)
	}
	noted, err := os.ReadFile(notes)
	if err != nil {
		t.Fatal(err)
	}
	var did []string
	for line := range strings.Lines(string(noted)) {
		did = append(did, strings.Join(strings.Fields(line)[:min(2, len(strings.Fields(line)))], " "))
	}
	// The SDK, which downloads it, has started no server.
	if got, want := strings.Join(did, "; "), "--version; server start-dev; server start-dev"; got != want {
		t.Errorf("the CLI ran as %q, want %q", got, want)
	}
}

// Where no CLI can be downloaded, the build begins at once. Here that fails: there is no Go toolchain.
func TestDownloadFallsBack(t *testing.T) {
	t.Parallel()
	needSite(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0") // it takes connections and never answers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	packed := archive(t, filepath.Join(t.TempDir(), "notes"))
	whole := newSite(t, serving(packed, len(packed)))
	tests := map[string]struct {
		reason string
		site   site
		says   string
	}{
		"refused":   {"nothing listens", site{proxy: "http://127.0.0.1:1"}, "no download of the Temporal CLI: "},
		"silent":    {"a network that drops packets", site{proxy: "http://" + silent.Addr().String()}, "no download of the Temporal CLI: "},
		"untrusted": {"another site's certificate", site{proxy: whole.proxy}, "certificate"},
		"not there": {"no such version", newSite(t, http.NotFound), "404 Not Found"},
		"cut":       {"half an archive", newSite(t, serving(packed, len(packed)/2)), "unexpected EOF"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cache := t.TempDir()
			began := time.Now()
			address, log := tt.site.child(t, cache)
			if address != "" || !strings.Contains(log, tt.says) || !strings.Contains(log, `build the Temporal CLI v1.5.1: exec: "go"`) {
				t.Errorf("%s: server %q, want no server, %q and a build; log:\n%s", tt.reason, address, tt.says, log)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("%s: the build began after %s", tt.reason, took)
			}
			left := 0
			_ = filepath.WalkDir(cache, func(path string, entry os.DirEntry, err error) error {
				if err == nil && !entry.IsDir() && entry.Name() != "lock" {
					left++
				}
				return nil
			})
			if left > 0 {
				t.Errorf("%s: %d files are left in the cache", tt.reason, left)
			}
		})
	}
}
