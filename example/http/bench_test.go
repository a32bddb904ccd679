package main

func benchServer(kind string) {}
