package tlsecho

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"time"
)

// An authority issues the certificates of one run.
type authority struct {
	root tls.Certificate
	pool *x509.CertPool
}

func newAuthority() (*authority, error) {
	a := &authority{pool: x509.NewCertPool()}
	var err error
	if a.root, err = a.issue("the authority"); err != nil {
		return nil, err
	}
	a.pool.AddCert(a.root.Leaf)
	return a, nil
}

// server returns the configuration of a server that wants its clients to have certificates of a.
func (a *authority) server() (*tls.Config, error) {
	cert, err := a.issue("server")
	return &tls.Config{
		Certificates: []tls.Certificate{cert},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: a.pool,
		NextProtos: []string{"echo"},
	}, err
}

// client returns the configuration of a client with a name, or without a certificate if that is empty.
func (a *authority) client(name string) (*tls.Config, error) {
	config := &tls.Config{RootCAs: a.pool, ServerName: "server", NextProtos: []string{"echo"}}
	if name == "" {
		return config, nil
	}
	cert, err := a.issue(name)
	config.Certificates = []tls.Certificate{cert}
	return config, err
}

// issue returns a certificate for name, signed by the root, or by itself if it is that.
func (a *authority) issue(name string) (cert tls.Certificate, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return cert, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent, signer := a.root.Leaf, a.root.PrivateKey
	if parent == nil {
		template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return cert, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}
