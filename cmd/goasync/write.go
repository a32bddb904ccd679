package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/goasync/goasync/transform"
)

// changed returns those of the files that are not on disk as they should be.
// What cannot be read is among them; to write it will tell why.
func changed(files []transform.File) []transform.File {
	return slices.DeleteFunc(slices.Clone(files), func(f transform.File) bool {
		if f.Content == nil {
			return false // it is there: that is why it is to be removed
		}
		old, err := os.ReadFile(f.Path)
		return err == nil && bytes.Equal(old, f.Content)
	})
}

// write brings the files on disk to the state that is asked for. All new
// contents are written to temporary files beside their places first, so that
// a full disk or a folder that cannot be written leaves everything as it was;
// then each is renamed into its place. Where a symbolic link stands, the place
// is what it points to; to be removed is the link itself.
func write(files []transform.File) (err error) {
	temps := make(map[string]string) // by path of the file
	place := func(f transform.File) string {
		if target, err := filepath.EvalSymlinks(f.Path); err == nil {
			return target
		}
		return f.Path
	}
	defer func() {
		if err != nil {
			for _, temp := range temps {
				os.Remove(temp)
			}
		}
	}()
	for _, f := range files {
		if f.Content == nil {
			continue
		}
		temp, err := writeTemp(place(f), f.Content)
		if err != nil {
			return fmt.Errorf("cannot write %s: %w", f.Path, reason(err))
		}
		temps[f.Path] = temp
	}
	for _, f := range files {
		if temp, ok := temps[f.Path]; ok {
			if err := os.Rename(temp, place(f)); err != nil {
				return fmt.Errorf("cannot replace %s: %w", f.Path, reason(err))
			}
			delete(temps, f.Path)
		}
		if f.Content == nil {
			if err := os.Remove(f.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("cannot remove %s: %w", f.Path, reason(err))
			}
		}
	}
	return nil
}

// writeTemp writes content to a new file in the folder of the one at target,
// with the mode that that one has, and returns the new file's path. The go
// command does not see files whose names begin with a dot.
func writeTemp(target string, content []byte) (path string, err error) {
	var file *os.File
	for {
		path = filepath.Join(filepath.Dir(target), fmt.Sprintf(".%s.%08x", filepath.Base(target), rand.Uint32()))
		file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	_, err = file.Write(content)
	if info, statErr := os.Stat(target); statErr == nil && err == nil {
		err = file.Chmod(info.Mode().Perm())
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(path)
		return "", err
	}
	return path, nil
}

// reason returns what went wrong without the path of a temporary file.
func reason(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	if e := (*os.LinkError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
