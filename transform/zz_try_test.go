package transform

import ("testing";"os";"fmt")

func TestTry(t *testing.T) {
	r, err := Run(Options{Dir: os.Getenv("TRY"), Patterns: []string{"./..."}})
	if err != nil { t.Fatal(err) }
	for _, d := range r.Diagnostics { fmt.Println(d) }
	for _, f := range r.Files { fmt.Printf("== %s\n%s\n", f.Path, f.Content); if os.Getenv("WRITE") != "" { os.WriteFile(f.Path, f.Content, 0o644) } }
}
